import { Button, Group, Progress, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isRefused } from "../api/problems";
import { ProblemAlert } from "../components/ProblemAlert";
import { formatBytes } from "../format/figures";
import { uploads } from "../platform";
import type { UploadEntry } from "./queue";
import classes from "./UploadList.module.css";
import { useUploads } from "./useUploads";

/** The files on their way, each with its progress. */
export function UploadList() {
  const { t } = useTranslation();
  const entries = useUploads();
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="under-way-title">
      <Title order={2} size="h3" id="under-way-title">
        {t("uploads.list")}
      </Title>
      <Text size="sm" c="dimmed">
        {t("uploads.stay")}
      </Text>
      <ul className={classes.list}>
        {entries.map((entry) => (
          <UploadRow key={entry.id} entry={entry} />
        ))}
      </ul>
    </section>
  );
}

function UploadRow({ entry }: { entry: UploadEntry }) {
  const { t, i18n } = useTranslation();
  const { name, state, sentBytes, sizeBytes } = entry;
  const size = (bytes: number) => formatBytes(bytes, i18n.language);
  const failed = state === "failed";
  return (
    <li>
      <Group justify="space-between" gap="xs">
        <Text fw={600} className={classes.name}>
          {name}
        </Text>
        <UploadButtons entry={entry} />
      </Group>
      {!failed && (
        <Progress value={sizeBytes ? (sentBytes / sizeBytes) * 100 : 0} aria-label={t("uploads.progress", { name })} />
      )}
      <Text size="sm" c="dimmed" mt={4}>
        {t(`uploads.state.${state}`)} · {t("uploads.sent", { sent: size(sentBytes), total: size(sizeBytes) })}
      </Text>
      {failed && <ProblemAlert error={entry.error} />}
    </li>
  );
}

function UploadButtons({ entry: { id, name, state, keepsParts, error } }: { entry: UploadEntry }) {
  const { t } = useTranslation();
  const failed = state === "failed";
  return (
    <Group gap="xs">
      {failed && !isRefused(error) && (
        <Button size="xs" onClick={() => uploads.resume(id)} aria-label={t("uploads.retryOne", { name })}>
          {t("uploads.retry")}
        </Button>
      )}
      {state === "paused" && (
        <Button size="xs" onClick={() => uploads.resume(id)} aria-label={t("uploads.resumeOne", { name })}>
          {t("uploads.resume")}
        </Button>
      )}
      {state === "sending" && keepsParts && (
        <Button
          size="xs"
          variant="default"
          onClick={() => uploads.pause(id)}
          aria-label={t("uploads.pauseOne", { name })}
        >
          {t("uploads.pause")}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        // What cannot be given up now lapses by itself.
        onClick={() => void uploads.remove(id).catch(() => undefined)}
        aria-label={t(failed ? "uploads.removeOne" : "uploads.cancelOne", { name })}
      >
        {t(failed ? "uploads.remove" : "uploads.cancel")}
      </Button>
    </Group>
  );
}
