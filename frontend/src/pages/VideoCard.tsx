import { Group, Paper, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Video } from "../api/client";
import { TextLink } from "../components/links";
import { StatusBadge } from "../components/StatusBadge";
import { VideoProgress } from "../components/VideoProgress";
import { formatBytes, formatClock, formatMoment } from "../format/figures";
import { failureText } from "../i18n/texts";

/** One video in the library. */
export function VideoCard({ video }: { video: Video }) {
  const { t, i18n } = useTranslation();
  const facts = [formatMoment(video.created_at, i18n.language), formatBytes(video.size_bytes, i18n.language)];
  if (video.media) facts.push(formatClock(video.media.duration_s));
  if (video.status === "completed") facts.push(t("library.frames", { count: video.frame_count ?? 0 }));
  return (
    <Paper component="li" withBorder p="md" data-video={video.id}>
      <Group justify="space-between" gap="xs">
        <TextLink to="/videos/$videoId" params={{ videoId: video.id }} fw={600} underline="always">
          {video.filename}
        </TextLink>
        <StatusBadge status={video.status} />
      </Group>
      <Text size="sm" c="dimmed" my={4}>
        {facts.join(" · ")}
      </Text>
      <VideoProgress video={video} />
      {video.error && <Text size="sm">{failureText(video.error).message}</Text>}
    </Paper>
  );
}
