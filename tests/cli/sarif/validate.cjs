// validate.cjs LOG...: fails unless each file is a SARIF 2.1.0 log by the official schema, with what the schema cannot say:
// every rule index leads to the rule, every base of an address is defined, every replaced region has a place.
const fs = require("fs");
const path = require("path");

const modules = process.env.SARIF_TOOLS;
const load = (name) => require(path.join(modules, name));
const Ajv = load("ajv");
const ajv = new Ajv({ schemaId: "id", meta: false, allErrors: true });
ajv.addMetaSchema(load("ajv/lib/refs/json-schema-draft-04.json"));
const isLog = ajv.compile(load("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));

const problems = [];
const hold = (condition, what) => condition || problems.push(what);

function checkResult(result, run, where) {
  const rule = run.tool.driver.rules[result.ruleIndex];
  hold(rule && rule.id === result.ruleId, `${where}: ruleIndex ${result.ruleIndex} is not ${result.ruleId}`);
  hold(Object.keys(result.partialFingerprints).length > 0, `${where}: no fingerprint`);
  const places = [...result.locations, ...(result.relatedLocations ?? [])];
  const changes = (result.fixes ?? []).flatMap((fix) => fix.artifactChanges);
  for (const file of [...places.map((place) => place.physicalLocation), ...changes].map((each) => each.artifactLocation)) {
    const base = file.uriBaseId === undefined ? undefined : run.originalUriBaseIds[file.uriBaseId];
    hold(new URL(file.uri, base?.uri).protocol === "file:", `${where}: ${file.uri} is not the address of a file`);
  }
}

for (const file of process.argv.slice(2)) {
  const log = JSON.parse(fs.readFileSync(file, "utf8"));
  if (!isLog(log)) problems.push(...isLog.errors.map((error) => `${file}: ${error.dataPath}: ${error.message}`));
  for (const run of log.runs) {
    hold(run.columnKind === "unicodeCodePoints", `${file}: columns are not said to be code points`);
    for (const rule of run.tool.driver.rules) {
      hold(rule.help.markdown && rule.helpUri && rule.shortDescription.text, `${file}: ${rule.id} is not explained`);
    }
    run.results.forEach((result, i) => checkResult(result, run, `${file}: result ${i}`));
  }
  console.log(`${file}: ${log.runs[0].results.length} results`);
}
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
