import { Alert, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Video } from "../api/client";
import { Quotable } from "../components/Quotable";
import { failureText } from "../i18n/texts";

interface Props {
  failure: NonNullable<Video["error"]>;
  videoId: string;
}

/** Why a video gave no frames, what to do, and what to quote. */
export function FailureAlert({ failure, videoId }: Props) {
  const { t } = useTranslation();
  const { message, hint } = failureText(failure);
  return (
    <Alert color="red" variant="light" title={t("video.failure")}>
      <Stack gap="xs">
        <Text fw={600}>{message}</Text>
        <Text>{hint}</Text>
        <Quotable code={failure.code} video={videoId} />
      </Stack>
    </Alert>
  );
}
