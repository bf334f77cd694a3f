import { Paper, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Video } from "../api/client";
import { Facts } from "../components/Facts";
import { formatBytes, formatClock, formatMoment, formatNumber } from "../format/figures";
import { type OptionsShown, shownOptions } from "../options/sampling";

const FPS_DIGITS = 3;

/** What is known of the video itself. */
export function MediaFacts({ video }: { video: Video }) {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  const { media } = video;
  const rate = (fps: number) => ({ fps: formatNumber(fps, language, FPS_DIGITS) });
  const facts: [string, string | null][] = [
    [t("video.facts.size"), formatBytes(video.size_bytes, language)],
    [t("video.facts.uploaded"), formatMoment(video.created_at, language)],
    [t("video.facts.finished"), video.finished_at ? formatMoment(video.finished_at, language) : null],
    [t("video.facts.attempts"), video.attempts > 1 ? formatNumber(video.attempts, language) : null],
  ];
  if (media) {
    facts.push(
      [t("video.facts.duration"), formatClock(media.duration_s, 1)],
      [t("video.facts.picture"), t("video.facts.pixels", { width: media.width, height: media.height })],
      [
        t("video.facts.rate"),
        media.variable_frame_rate ? t("video.facts.variable", rate(media.fps)) : t("video.facts.fps", rate(media.fps)),
      ],
      [t("video.facts.codec"), media.codec],
      [t("video.facts.rotation"), media.rotation ? t("video.facts.degrees", { count: media.rotation }) : null],
      [t("video.facts.hdr"), media.hdr ? t("video.facts.yes") : null],
    );
  }
  return (
    <Section title={t("video.facts.title")}>
      <Facts rows={facts} />
      {!media && (
        <Text size="sm" c="dimmed" mt="sm">
          {t("video.facts.unknown")}
        </Text>
      )}
    </Section>
  );
}

/** The options of the present attempt. */
export function OptionFacts({ video }: { video: Video }) {
  const { t } = useTranslation();
  const options = shownOptions(video.options);
  return (
    <Section title={t("video.options.title")}>
      <Facts
        rows={[
          [t("video.options.sampling"), useSamplingText(options)],
          [t("video.options.range"), useRangeText(options)],
          [t("video.options.maxFrames"), options.maxFrames],
          [t("video.options.format"), useFormatText(options)],
          [t("video.options.names"), options.names],
        ]}
      />
    </Section>
  );
}

function useSamplingText({ rule, fps }: OptionsShown): string {
  const { t } = useTranslation();
  if (rule === "fps" && fps !== null) return t("video.options.fps", { fps });
  if (rule === "ffmpeg_fps" && fps !== null) return t("video.options.ffmpegFps", { fps });
  return rule;
}

function useFormatText({ format, quality }: OptionsShown): string | null {
  const { t } = useTranslation();
  if (format === null || quality === null) return format?.toUpperCase() ?? null;
  return t("video.options.formatQuality", { format: format.toUpperCase(), quality });
}

function useRangeText({ start, end }: OptionsShown): string | null {
  const { t } = useTranslation();
  if (start !== null && end !== null) return t("video.options.span", { start, end });
  if (start !== null) return t("video.options.from", { start });
  return end === null ? null : t("video.options.until", { end });
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={id}>
      <Title order={2} size="h3" id={id} mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}
