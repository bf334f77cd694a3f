import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { changeLocale } from "../api/account";
import { session } from "../api/client";
import { choose } from "../i18n";
import { isLanguage, LANGUAGES } from "../i18n/language";

const NAMES = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));

export function LanguageSelect({ className }: { className: string | undefined }) {
  const { t, i18n } = useTranslation();
  const change = async (language: string) => {
    if (!isLanguage(language)) return;
    await choose(language);
    // The page speaks the language now; mails follow as soon as the server is reached.
    if (session.state === "signed-in") await changeLocale(language).catch(() => undefined);
  };
  return (
    <NativeSelect
      aria-label={t("app.language")}
      className={className}
      size="sm"
      data={NAMES}
      value={i18n.language}
      onChange={(event) => void change(event.currentTarget.value)}
    />
  );
}
