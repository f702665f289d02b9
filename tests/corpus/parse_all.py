"""parse_all.py FOLDER: whether Python itself can parse every file there. Exit status 1 when it cannot."""

import ast
import pathlib
import sys
import warnings

warnings.simplefilter("ignore", SyntaxWarning)
bad = 0
paths = sorted(pathlib.Path(sys.argv[1]).glob("*.py"), key=lambda path: int(path.stem))
for path in paths:
    try:
        ast.parse(path.read_bytes(), str(path))
    except SyntaxError as error:
        bad += 1
        print(f"{path}:{error.lineno}: {error.msg}: {(error.text or '').rstrip()}")
print(f"{len(paths)} files, {bad} that Python cannot parse")
sys.exit(1 if bad else 0)
