import { NativeSelect } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { session } from "../api/client";
import { changeProfile } from "../api/profile";
import { choose } from "../i18n";
import { isLanguage, LANGUAGE_NAMES } from "../i18n/language";

export function LanguageSelect({ className }: { className: string | undefined }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const change = async (language: string) => {
    if (!isLanguage(language)) return;
    await choose(language);
    // The page speaks the language now; mails follow as soon as the server is reached.
    if (session.state === "signed-in") await changeProfile(cache, { locale: language }).catch(() => undefined);
  };
  return (
    <NativeSelect
      aria-label={t("app.language")}
      className={className}
      size="sm"
      data={LANGUAGE_NAMES}
      value={i18n.language}
      onChange={(event) => void change(event.currentTarget.value)}
    />
  );
}
