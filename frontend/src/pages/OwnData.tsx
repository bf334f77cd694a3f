import { Paper, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { exportUrl, useDownloadCheck } from "../api/downloads";
import { Download } from "../components/Download";
import { ProblemAlert } from "../components/ProblemAlert";

/** All that is kept of the user, to take along. */
export function OwnData() {
  const { t } = useTranslation();
  const check = useDownloadCheck();
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="own-data-title">
      <Stack align="flex-start">
        <Title order={2} size="h3" id="own-data-title">
          {t("ownData.title")}
        </Title>
        <Text>{t("ownData.text")}</Text>
        {check.error && <ProblemAlert error={check.error} />}
        <Download url={exportUrl()} variant="default" check={check}>
          {t("ownData.download")}
        </Download>
      </Stack>
    </Paper>
  );
}
