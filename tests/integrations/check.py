"""check.py pre-commit|action SUREFOOT: runs what .pre-commit-hooks.yaml and action.yml run, on tests/projects/storefront.

The files are read as their services read them; the `surefoot` that they find is the one of this build.
"""

import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
STOREFRONT = ROOT / "tests/projects/storefront"


def expect(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def run(command, folder, **environment):
    result = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    print("$", " ".join(map(str, command))[:200], "->", result.returncode)
    return result


def project(scratch):
    folder = scratch / "storefront"
    shutil.copytree(STOREFRONT, folder)
    return folder


def pre_commit(surefoot, scratch):
    folder = project(scratch)
    commands = scratch / "bin"
    commands.mkdir()
    (commands / "surefoot").symlink_to(surefoot)
    path = f"{commands}{os.pathsep}{os.environ['PATH']}"
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.py"))
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    expect([hook["id"] for hook in hooks] == ["surefoot", "surefoot-fix"], "two hooks are expected")
    for hook in hooks:
        expect({"id", "name", "description", "entry", "language", "types", "require_serial"} == set(hook), "unknown keys")
        expect(hook["language"] == "system" and hook["types"] == ["python"], f"{hook['id']}: language and types")
        expect(hook["require_serial"] is True, f"{hook['id']}: surefoot runs on several cores by itself")
    (folder / "surefoot.toml").write_text("exclude = ['storefront/clients']\n")
    check, fix = (shlex.split(hook["entry"]) for hook in hooks)
    before = run([*check, "--output-format", "concise", *files], folder, PATH=path)
    expect(before.returncode == 1 and "RT101" in before.stdout, "the findings of the storefront fail the hook")
    expect("storefront/clients/" not in before.stdout, "what the configuration excludes stays out")
    expect(run([*check, "storefront/__init__.py"], folder, PATH=path).returncode == 0, "a clean file passes the hook")
    after = run([*fix, *files], folder, PATH=path)
    expect("Fixed " in after.stdout, "the hook that fixes says so")
    changed = [file for file in files if (folder / file).read_bytes() != (STOREFRONT / file).read_bytes()]
    expect(changed, "the hook that fixes changes files")
    again = run([*fix, *files], folder, PATH=path)
    expect("Fixed " not in again.stdout, "a second run changes nothing")


def filled_in(text, inputs):
    for name, value in inputs.items():
        text = text.replace("${{ inputs.%s }}" % name, value)
    expect("${{" not in text, f"an expression is left in: {text}")
    return text


def run_steps(action, workspace, action_path, **given):
    """Runs the steps as the runner of composite actions does: bash -e -o pipefail on each script, inputs filled in."""
    inputs = {name: str(each.get("default", "")) for name, each in action["inputs"].items()}
    expect(set(given) <= {name.replace("-", "_") for name in inputs}, "an input is unknown")
    inputs.update({name.replace("_", "-"): value for name, value in given.items()})
    for step in action["runs"]["steps"]:
        environment = {name: filled_in(value, inputs) for name, value in step.get("env", {}).items()}
        folder = workspace / filled_in(step.get("working-directory", "."), inputs)
        script = filled_in(step["run"], inputs)
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
        result = run(
            command, folder, GITHUB_ACTION_PATH=str(action_path), GITHUB_WORKSPACE=str(workspace), **environment
        )
        if result.returncode != 0:
            break
    return result


def action(surefoot, scratch):
    project(scratch)
    # The checkout of the action: the real files, and a tools/run that has built the program already.
    action_path = scratch / "an action"
    (action_path / "build/release/bin").mkdir(parents=True)
    (action_path / "build/release/bin/surefoot").symlink_to(surefoot)
    (action_path / "tools").mkdir()
    (action_path / "tools/run").write_text('#!/bin/sh\nexec "$(dirname "$0")/../build/release/bin/surefoot" "$@"\n')
    (action_path / "tools/run").chmod(0o755)
    expect(os.access(ROOT / "tools/run", os.X_OK), "tools/run, which the action calls, is there")
    read = yaml.safe_load((ROOT / "action.yml").read_text())
    expect(read["runs"]["using"] == "composite", "a composite action is expected")
    expect(all(step["shell"] == "bash" for step in read["runs"]["steps"]), "every step names its shell")

    found = run_steps(read, scratch, action_path, paths="storefront")
    expect(found.returncode == 1, "findings fail the action")
    expect("::warning file=storefront/storefront/api/routes/" in found.stdout, "findings are workflow commands")
    inside = run_steps(read, scratch, action_path, working_directory="storefront")
    expect("::warning file=storefront/storefront/api/routes/" in inside.stdout, "names are those of the checkout")
    written = run_steps(
        read,
        scratch,
        action_path,
        paths="storefront/storefront\nstorefront/catalog",
        arguments="--profile strict --fail-on never",
        output_format="sarif",
        output_file="report.sarif",
    )
    expect(written.returncode == 0 and not written.stdout, "the report goes to the file")
    expect('"version": "2.1.0"' in (scratch / "report.sarif").read_text(), "the report is SARIF")
    hostile = run_steps(read, scratch, action_path, paths="$(touch expanded) ; touch executed")
    expect(hostile.returncode == 2, "paths that are not there are an error")
    expect(not list(scratch.glob("e*ed")), "nothing in an input is executed")


def main():
    what, surefoot = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        {"pre-commit": pre_commit, "action": action}[what](surefoot, pathlib.Path(folder).resolve())


main()
