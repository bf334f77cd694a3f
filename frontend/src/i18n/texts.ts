/** Texts for codes that come from the API: ours in the page's language, else what the API said itself. */

import i18next from "i18next";

type Group = "problems.known" | "warnings";

export function codeText(group: Group, code: string, otherwise: string): string {
  const key = `${group}.${code}`;
  return i18next.exists(key) ? i18next.t(key as never) : otherwise;
}

export function failureText(failure: { code: string; message: string; hint: string }): {
  message: string;
  hint: string;
} {
  const key = `failures.${failure.code}`;
  if (!i18next.exists(`${key}.message`)) return failure;
  return { message: i18next.t(`${key}.message` as never), hint: i18next.t(`${key}.hint` as never) };
}
