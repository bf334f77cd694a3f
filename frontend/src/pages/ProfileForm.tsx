import { Button, NativeSelect, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "../api/client";
import { changeProfile } from "../api/profile";
import { Facts } from "../components/Facts";
import { ProblemAlert } from "../components/ProblemAlert";
import { formatMoment } from "../format/figures";
import { choose } from "../i18n";
import { isLanguage, LANGUAGE_NAMES } from "../i18n/language";
import { textsOf } from "./accountFields";

/** Name and language. */
export function ProfileForm({ user }: { user: User }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const saving = useMutation({
    mutationFn: async (change: { name: string; locale: string }) => {
      const { locale } = await changeProfile(cache, change);
      if (isLanguage(locale)) await choose(locale);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = textsOf(event.currentTarget);
    saving.mutate({ name: text("name").trim(), locale: text("locale") });
  };
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="profile-title">
      <form onSubmit={submit} onChange={() => saving.reset()}>
        <Stack align="flex-start">
          <Title order={2} size="h3" id="profile-title">
            {t("profile.about")}
          </Title>
          <Facts
            rows={[
              [t("account.email"), user.email],
              [t("profile.confirmed"), t(user.email_verified ? "profile.yes" : "profile.notYet")],
              [t("profile.since"), formatMoment(user.created_at, i18n.language)],
            ]}
          />
          {saving.error && <ProblemAlert error={saving.error} />}
          <TextInput
            name="name"
            label={t("account.name")}
            description={t("account.nameHint")}
            defaultValue={user.name}
            autoComplete="name"
            maxLength={200}
          />
          <NativeSelect
            // The header's choice of a language changes this one, too.
            key={user.locale}
            name="locale"
            label={t("app.language")}
            description={t("profile.languageHint")}
            data={LANGUAGE_NAMES}
            defaultValue={user.locale}
          />
          <Button type="submit" loading={saving.isPending}>
            {t("profile.save")}
          </Button>
          <div role="status">{saving.isSuccess && <Text size="sm">{t("profile.saved")}</Text>}</div>
        </Stack>
      </form>
    </Paper>
  );
}
