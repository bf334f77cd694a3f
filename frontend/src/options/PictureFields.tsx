import { NativeSelect, Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { choiceOf, FORMATS, type PictureChoice, type PictureFormat, readQuality } from "./pictures";

interface Props {
  choice: PictureChoice;
  onChange: (choice: PictureChoice) => void;
}

/** How the pictures of the videos that are chosen next are stored. */
export function PictureFields({ choice, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <NativeSelect
        label={t("pictures.format")}
        description={t(`pictures.${choice.format}.text`)}
        data={FORMATS.map((format) => ({ value: format, label: t(`pictures.${format}.label`) }))}
        value={choice.format}
        onChange={(event) => onChange(choiceOf(event.currentTarget.value as PictureFormat))}
        maw={320}
      />
      {choice.format !== "png" && (
        <TextInput
          label={t("pictures.quality")}
          description={t("pictures.qualityHint")}
          value={choice.quality}
          onChange={(event) => onChange({ format: choice.format, quality: event.currentTarget.value })}
          error={readQuality(choice.quality) === null && t("pictures.badQuality")}
          inputMode="numeric"
          autoComplete="off"
          maw={320}
        />
      )}
    </Stack>
  );
}
