import { Alert, Group, List, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Video } from "../api/client";
import { ApiProblem } from "../api/problems";
import { useTold } from "../api/useTold";
import { videoQuery } from "../api/videos";
import { TextLink } from "../components/links";
import { ProblemAlert } from "../components/ProblemAlert";
import { StatusBadge } from "../components/StatusBadge";
import { usePageTitle } from "../components/usePageTitle";
import { VideoProgress } from "../components/VideoProgress";
import { formatMoment } from "../format/figures";
import { codeText } from "../i18n/texts";
import { FailureAlert } from "./FailureAlert";
import { Gallery } from "./Gallery";
import { VideoActions } from "./VideoActions";
import { MediaFacts, OptionFacts } from "./VideoFacts";

export function VideoPage() {
  const { t } = useTranslation();
  const { videoId } = useParams({ from: "/signed-in/videos/$videoId" });
  const asked = useQuery(videoQuery(videoId, useTold()));
  const isMissing = asked.error instanceof ApiProblem && [404, 422].includes(asked.error.status);
  const title = asked.data?.filename ?? (isMissing ? t("video.missing.title") : t("app.loading"));
  usePageTitle(title);
  return (
    <Stack gap="lg">
      <TextLink to="/videos" activeOptions={{ exact: true }} underline="always">
        ← {t("video.back")}
      </TextLink>
      <Group gap="sm">
        <Title order={1} size="h2">
          {title}
        </Title>
        {asked.data && !isMissing && <StatusBadge status={asked.data.status} />}
      </Group>
      {isMissing && <Text>{t("video.missing.text")}</Text>}
      {asked.error && !isMissing && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.data && !isMissing && <OneVideo video={asked.data} />}
    </Stack>
  );
}

function OneVideo({ video }: { video: Video }) {
  const { t } = useTranslation();
  return (
    <>
      <VideoProgress video={video} />
      {video.error && <FailureAlert failure={video.error} videoId={video.id} />}
      {video.status === "cancelled" && <Text>{t("video.cancelledHint")}</Text>}
      <VideoActions video={video} />
      <Keeping video={video} />
      <Warnings video={video} />
      {(video.links.frames || video.status === "processing") && <Gallery key={video.attempts} video={video} />}
      <MediaFacts video={video} />
      <OptionFacts video={video} />
    </>
  );
}

function Keeping({ video }: { video: Video }) {
  const { t, i18n } = useTranslation();
  if (video.status !== "completed") return null;
  if (!video.links.frames_zip) return <Text>{t("video.expired")}</Text>;
  if (!video.expires_at) return null;
  return (
    <Text size="sm" c="dimmed">
      {t("video.kept", { moment: formatMoment(video.expires_at, i18n.language) })}
    </Text>
  );
}

function Warnings({ video }: { video: Video }) {
  const { t } = useTranslation();
  if (video.warnings.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" title={t("video.warnings")}>
      <List size="sm">
        {video.warnings.map((warning) => (
          <List.Item key={`${warning.code} ${warning.message}`}>
            {codeText("warnings", warning.code, warning.message)}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
