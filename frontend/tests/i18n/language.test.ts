import { expect, test } from "vitest";
import { chooseLanguage } from "../../src/i18n/language";

test.each([
  [["pt-BR", "en"], "pt-BR"],
  [["pt-PT"], "pt-BR"],
  [["PT"], "pt-BR"],
  [["de-DE", "en-GB", "pt-BR"], "en"],
  [["de-DE"], "en"],
  [[], "en"],
] as const)("a browser that prefers %j gets %s", (preferred, language) => {
  expect(chooseLanguage(null, preferred)).toBe(language);
});

test("what was chosen wins over the browser", () => {
  expect(chooseLanguage("pt-BR", ["en"])).toBe("pt-BR");
});

test("a choice that we do not speak counts for nothing", () => {
  expect(chooseLanguage("tlh", ["pt-BR"])).toBe("pt-BR");
});
