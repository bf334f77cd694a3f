import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Video } from "../api/client";
import { useDownloadCheck } from "../api/downloads";
import { useDeletion, useVideoCommand } from "../api/videoCommands";
import { archiveUrl, contactSheetUrl } from "../api/videos";
import { Download } from "../components/Download";
import { ProblemAlert } from "../components/ProblemAlert";
import { formatBytes } from "../format/figures";
import classes from "./VideoActions.module.css";

/** What can be done with a video now. */
export function VideoActions({ video }: { video: Video }) {
  const { t, i18n } = useTranslation();
  const cancel = useVideoCommand("cancel");
  const retry = useVideoCommand("retry");
  const archive = useDownloadCheck();
  const sheet = useDownloadCheck();
  const { links, archive_bytes } = video;
  const errors = [archive.error, sheet.error, cancel.error, retry.error].filter((error) => error !== null);
  // Several refusals of one kind, such as of a video that was deleted elsewhere, are told once.
  const told = new Map(errors.map((error) => [error.message, error]));
  return (
    <Stack gap="sm">
      <Group gap="sm">
        {links.frames_zip && (
          <Download url={archiveUrl(video)} check={archive}>
            {t("video.download")}
          </Download>
        )}
        {links.contact_sheet && (
          <Download url={contactSheetUrl(video)} variant="default" check={sheet}>
            {t("video.overview")}
          </Download>
        )}
        {links.cancel && (
          <Button variant="default" onClick={() => cancel.mutate(video.id)} loading={cancel.isPending}>
            {t("video.cancel")}
          </Button>
        )}
        {links.retry && (
          <Button onClick={() => retry.mutate(video.id)} loading={retry.isPending}>
            {t("video.retry")}
          </Button>
        )}
        <Deletion video={video} />
      </Group>
      {links.frames_zip && archive_bytes != null && (
        <Text size="sm" c="dimmed">
          {t("video.downloadSize", { size: formatBytes(archive_bytes, i18n.language) })}
        </Text>
      )}
      {[...told].map(([message, error]) => (
        <ProblemAlert key={message} error={error} />
      ))}
    </Stack>
  );
}

function Deletion({ video }: { video: Video }) {
  const { t } = useTranslation();
  const router = useRouter();
  const title = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const deletion = useDeletion();
  const remove = async () => {
    await deletion.mutateAsync(video.id);
    await router.navigate({ to: "/videos" });
  };
  return (
    <>
      <Button variant="outline" color="red" onClick={() => dialog.current?.showModal()}>
        {t("video.delete")}
      </Button>
      <dialog ref={dialog} className={classes.dialog} aria-labelledby={title}>
        <Stack>
          <Title order={2} size="h3" id={title}>
            {t("video.confirm.title")}
          </Title>
          <Text>{t("video.confirm.text", { name: video.filename })}</Text>
          {deletion.error && <ProblemAlert error={deletion.error} />}
          <Group gap="sm">
            <Button color="red" loading={deletion.isPending} onClick={() => void remove().catch(() => undefined)}>
              {t("video.confirm.yes")}
            </Button>
            <Button variant="default" onClick={() => dialog.current?.close()}>
              {t("video.confirm.no")}
            </Button>
          </Group>
        </Stack>
      </dialog>
    </>
  );
}
