import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./Quotable.module.css";

interface Props {
  code: string;
  trace?: string | null;
  video?: string;
}

/** What to quote when asking for help. */
export function Quotable({ code, trace, video }: Props) {
  const { t } = useTranslation();
  return (
    <div>
      <Text size="xs">{t("problems.quote")}</Text>
      <dl className={classes.list}>
        <dt>{t("problems.code")}</dt>
        <dd>{code}</dd>
        {trace && (
          <>
            <dt>{t("problems.trace")}</dt>
            <dd>{trace}</dd>
          </>
        )}
        {video && (
          <>
            <dt>{t("problems.video")}</dt>
            <dd>{video}</dd>
          </>
        )}
      </dl>
    </div>
  );
}
