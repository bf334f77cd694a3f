// Judges custom resources (JSON array on stdin) by their operators' own schemas; prints the names of those that pass.
import { readFileSync } from "node:fs";
import * as keda from "@kubernetes-models/keda/keda.sh/v1alpha1";
import * as prometheus from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";

const models = { ...keda, ...prometheus };

for (const manifest of JSON.parse(readFileSync(0, "utf8"))) {
  const Model = models[manifest.kind];
  if (!Model) throw new Error(`no model of ${manifest.kind}`);
  new Model(manifest).validate();
  console.log(manifest.metadata.name);
}
