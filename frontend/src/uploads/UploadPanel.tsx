import { Button, FileButton, Paper, Stack, Text, Title } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { PictureFields } from "../options/PictureFields";
import { isPictureValid, type PictureChoice } from "../options/pictures";
import { SamplingFields } from "../options/SamplingFields";
import { optionsJson, readFps, type SamplingChoice } from "../options/sampling";
import { uploads } from "../platform";
import classes from "./UploadPanel.module.css";
import { useFileDrop } from "./useFileDrop";

/** Browsers do not know every container as video. */
const ACCEPTED = "video/*,.mkv,.avi,.mov,.wmv,.flv,.webm,.mp4,.m4v,.mpg,.mpeg,.ts,.mts,.m2ts,.ogv,.3gp";

/** Where videos are chosen, and which frames are taken of them. */
export function UploadPanel() {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<SamplingChoice>({ preset: "second" });
  const [pictures, setPictures] = useState<PictureChoice>({ format: "png" });
  const reset = useRef<() => void>(null);
  const isLegacy = choice.preset === "legacy";
  const isRateValid = choice.preset !== "fps" || readFps(choice.fps) !== null;
  const isValid = isRateValid && (isLegacy || isPictureValid(pictures));
  const start = (files: Iterable<File>) => {
    if (isValid) uploads.add(files, optionsJson(choice, pictures));
    reset.current?.();
  };
  const hovering = useFileDrop(start);
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="upload-title">
      <Title order={2} size="h3" id="upload-title" mb="md">
        {t("uploads.title")}
      </Title>
      <div className={classes.panel}>
        <Stack>
          <SamplingFields choice={choice} onChange={setChoice} />
          {!isLegacy && <PictureFields choice={pictures} onChange={setPictures} />}
        </Stack>
        <Stack className={classes.drop} data-hovering={hovering || undefined} gap="sm">
          <Text>{t("uploads.drop")}</Text>
          <FileButton multiple accept={ACCEPTED} resetRef={reset} onChange={start} disabled={!isValid}>
            {(props) => <Button {...props}>{t("uploads.choose")}</Button>}
          </FileButton>
          <Text size="sm" c="dimmed">
            {isValid ? t("uploads.start") : t(isRateValid ? "uploads.fixQuality" : "uploads.fixRate")}
          </Text>
        </Stack>
      </div>
    </Paper>
  );
}
