import { Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { TextLink } from "../components/links";
import { PasswordField } from "../components/PasswordField";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import classes from "./AccountForm.module.css";
import { emailFault, type FieldFault, fieldOf, newPasswordFault, textsOf } from "./accountFields";

export interface AccountValues {
  name: string;
  email: string;
  password: string;
}

interface Props {
  kind: "signUp" | "logIn";
  /** Ends with the user signed in. */
  enter: (values: AccountValues) => Promise<void>;
}

interface Faults {
  email: FieldFault | null;
  password: FieldFault | null;
}

const NO_FAULTS: Faults = { email: null, password: null };

/** The form of both ways in. */
export function AccountForm({ kind, enter }: Props) {
  const { t } = useTranslation();
  const router = useRouter();
  const { next } = useSearch({ from: "/entry" });
  const [faults, setFaults] = useState(NO_FAULTS);
  const entering = useMutation({ mutationFn: enter, onSuccess: () => router.navigate({ href: next ?? "/videos" }) });
  const isNew = kind === "signUp";
  usePageTitle(t(`account.${kind}.title`));

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = textsOf(event.currentTarget);
    const values = { name: text("name"), email: text("email").trim(), password: text("password") };
    const found = faultsOf(values, isNew);
    setFaults(found);
    if (found.email === null && found.password === null) entering.mutate(values);
    else fieldOf(event.currentTarget, found.email !== null ? "email" : "password")?.focus();
  };

  const told = (fault: FieldFault | null) => fault && t(`account.${fault}`);
  return (
    <form onSubmit={submit} noValidate className={classes.form}>
      <Stack>
        <Title order={1}>{t(`account.${kind}.title`)}</Title>
        {next && kind === "logIn" && <Text>{t("account.next")}</Text>}
        {entering.error && <ProblemAlert error={entering.error} />}
        {isNew && (
          <TextInput name="name" label={t("account.name")} description={t("account.nameHint")} autoComplete="name" />
        )}
        <TextInput
          name="email"
          type="email"
          label={t("account.email")}
          error={told(faults.email)}
          autoComplete="email"
          required
        />
        <PasswordField isNew={isNew} error={told(faults.password)} />
        {!isNew && (
          <TextLink to="/forgot-password" size="sm" underline="always">
            {t("recovery.link")}
          </TextLink>
        )}
        <Button type="submit" loading={entering.isPending}>
          {t(`account.${kind}.submit`)}
        </Button>
        <Text size="sm">
          {t(`account.${kind}.other`)}{" "}
          <TextLink to={isNew ? "/login" : "/signup"} search={next ? { next } : {}} inherit underline="always">
            {t(`account.${kind}.link`)}
          </TextLink>
        </Text>
      </Stack>
    </form>
  );
}

function faultsOf(values: AccountValues, isNew: boolean): Faults {
  const password = isNew ? newPasswordFault(values.password) : values.password === "" ? "required" : null;
  return { email: emailFault(values.email), password };
}
