import { Alert, Button, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ApiProblem, NotReached } from "../api/problems";
import { formatWait } from "../format/figures";
import { codeText } from "../i18n/texts";
import { Quotable } from "./Quotable";

interface Props {
  error: unknown;
  onRetry?: () => void;
}

/** What went wrong, in plain words, with what support needs to find it. */
export function ProblemAlert({ error, onRetry }: Props) {
  const { t, i18n } = useTranslation();
  const problem = error instanceof ApiProblem ? error : null;
  return (
    <Alert color="red" variant="light" title={t("problems.title")} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{useProblemText(error)}</Text>
        {problem?.retryAfterS != null && (
          <Text size="sm">{t("problems.wait", { wait: formatWait(problem.retryAfterS, i18n.language) })}</Text>
        )}
        {problem && <Quotable code={problem.code} trace={problem.traceId} />}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t("problems.again")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** One sentence about an error. */
export function useProblemText(error: unknown): string {
  const { t } = useTranslation();
  if (error instanceof NotReached) return t("problems.notReached");
  if (error instanceof ApiProblem) {
    return codeText("problems.known", error.code, error.detail || t("problems.unknown"));
  }
  return t("problems.unknown");
}
