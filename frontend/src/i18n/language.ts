/** Which language the page speaks. */

export const LANGUAGES = { en: "English", "pt-BR": "Português" } as const;
export type Language = keyof typeof LANGUAGES;
/** For selects. */
export const LANGUAGE_NAMES = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));

export function isLanguage(text: string | null): text is Language {
  return text !== null && text in LANGUAGES;
}

/** What was chosen before, else the first language of the browser that we speak, else English. */
export function chooseLanguage(chosen: string | null, preferred: readonly string[]): Language {
  if (isLanguage(chosen)) return chosen;
  for (const tag of preferred) {
    const [primary] = tag.toLowerCase().split("-");
    if (primary === "pt") return "pt-BR";
    if (primary === "en") return "en";
  }
  return "en";
}
