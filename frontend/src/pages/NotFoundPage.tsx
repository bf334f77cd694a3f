import { Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { TextLink } from "../components/links";
import { usePageTitle } from "../components/usePageTitle";

export function NotFoundPage() {
  const { t } = useTranslation();
  usePageTitle(t("app.notFound.title"));
  return (
    <Stack>
      <Title order={1}>{t("app.notFound.title")}</Title>
      <Text>{t("app.notFound.text")}</Text>
      <TextLink to="/">{t("app.home")}</TextLink>
    </Stack>
  );
}
