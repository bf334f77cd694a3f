import { Group, Paper, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "../components/links";
import { usePageTitle } from "../components/usePageTitle";
import classes from "./LandingPage.module.css";

const STEPS = ["upload", "choose", "download"] as const;

export function LandingPage() {
  const { t } = useTranslation();
  usePageTitle(t("landing.title"));
  return (
    <>
      <div className={classes.head}>
        <Title order={1}>{t("landing.title")}</Title>
        <Text size="lg" c="dimmed">
          {t("landing.text")}
        </Text>
        <Group>
          <ButtonLink to="/signup" size="md">
            {t("landing.signUp")}
          </ButtonLink>
          <ButtonLink to="/login" size="md" variant="default">
            {t("landing.logIn")}
          </ButtonLink>
        </Group>
      </div>
      <ol className={classes.steps}>
        {STEPS.map((step) => (
          <Paper component="li" key={step} withBorder p="lg">
            <Title order={2} size="h3">
              {t(`landing.steps.${step}.title`)}
            </Title>
            <Text mt="xs">{t(`landing.steps.${step}.text`)}</Text>
          </Paper>
        ))}
      </ol>
    </>
  );
}
