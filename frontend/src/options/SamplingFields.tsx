import { Radio, Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PRESETS, type Preset, readFps, type SamplingChoice } from "./sampling";

interface Props {
  choice: SamplingChoice;
  onChange: (choice: SamplingChoice) => void;
}

const CHOICES: Record<Preset, SamplingChoice> = {
  second: { preset: "second" },
  fps: { preset: "fps", fps: "2" },
  legacy: { preset: "legacy" },
};

/** Which frames are taken of the videos that are chosen next. */
export function SamplingFields({ choice, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t("sampling.title")}
        value={choice.preset}
        onChange={(preset) => onChange(CHOICES[preset as Preset])}
      >
        <Stack gap="xs" mt="xs">
          {PRESETS.map((preset) => (
            <Radio
              key={preset}
              value={preset}
              label={t(`sampling.${preset}.label`)}
              description={t(`sampling.${preset}.text`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {choice.preset === "fps" && (
        <TextInput
          label={t("sampling.rate")}
          description={t("sampling.rateHint")}
          value={choice.fps}
          onChange={(event) => onChange({ preset: "fps", fps: event.currentTarget.value })}
          error={readFps(choice.fps) === null && t("sampling.badRate")}
          inputMode="text"
          autoComplete="off"
          maw={320}
        />
      )}
    </Stack>
  );
}
