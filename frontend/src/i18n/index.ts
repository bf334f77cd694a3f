/** The page's texts; each language is loaded when it is wanted. */

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Resource } from "./en";
import { chooseLanguage, type Language } from "./language";

const CHOSEN_KEY = "fiapx.language";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof import("./en").default };
  }
}

const resources: Record<Language, () => Promise<{ default: Resource }>> = {
  en: () => import("./en"),
  "pt-BR": () => import("./pt-BR"),
};

async function speak(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    i18next.addResourceBundle(language, "translation", (await resources[language]()).default);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function startTexts(): Promise<void> {
  const language = chooseLanguage(localStorage.getItem(CHOSEN_KEY), navigator.languages);
  // React escapes what it shows.
  await i18next.use(initReactI18next).init({ resources: {}, lng: language, interpolation: { escapeValue: false } });
  await speak(language);
}

/** The user's own choice, kept in this browser. */
export async function choose(language: Language): Promise<void> {
  localStorage.setItem(CHOSEN_KEY, language);
  await speak(language);
}
