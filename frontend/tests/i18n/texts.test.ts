import { expect, test } from "vitest";
import en from "../../src/i18n/en";
import ptBR from "../../src/i18n/pt-BR";

type Texts = { [key: string]: string | Texts };

function flat(texts: Texts, prefix = ""): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
}

const fields = (text: string): string[] => (text.match(/\{\{[^}]+\}\}/g) ?? []).toSorted();
const portuguese = new Map(flat(ptBR));

test("both languages have the same texts, none empty", () => {
  expect([...portuguese.keys()]).toEqual(flat(en).map(([key]) => key));
  expect([...portuguese.values()].every((text) => text.trim() !== "")).toBe(true);
});

test.each(flat(en))("%s tells the same figures in both languages", (key, text) => {
  expect(fields(portuguese.get(key) ?? "")).toEqual(fields(text));
});
