import { Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { askForReset } from "../api/account";
import { TextLink } from "../components/links";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import classes from "./AccountForm.module.css";
import { emailFault, type FieldFault, fieldOf, textsOf } from "./accountFields";

/** Asks for a mail with a link that sets a new password. */
export function ForgotPasswordPage() {
  const { t } = useTranslation();
  const [fault, setFault] = useState<FieldFault | null>(null);
  const asking = useMutation({ mutationFn: askForReset });
  usePageTitle(t("recovery.forgot.title"));

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = textsOf(event.currentTarget)("email").trim();
    const found = emailFault(email);
    setFault(found);
    if (found === null) asking.mutate(email);
    else fieldOf(event.currentTarget, "email")?.focus();
  };

  return (
    <form onSubmit={submit} noValidate className={classes.form}>
      <Stack>
        <Title order={1}>{t("recovery.forgot.title")}</Title>
        <Text>{t("recovery.forgot.text")}</Text>
        {asking.error && <ProblemAlert error={asking.error} />}
        <TextInput
          name="email"
          type="email"
          label={t("account.email")}
          error={fault && t(`account.${fault}`)}
          autoComplete="email"
          required
        />
        <Button type="submit" loading={asking.isPending}>
          {t("recovery.forgot.submit")}
        </Button>
        <div role="status">
          {asking.isSuccess && <Text>{t("recovery.forgot.sent", { email: asking.variables })}</Text>}
        </div>
        <TextLink to="/login" underline="always" size="sm">
          {t("recovery.toLogIn")}
        </TextLink>
      </Stack>
    </form>
  );
}
