import { Button, Checkbox, Group, Kbd, Loader, Modal, NumberInput, Radio, Select, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import type { AllowanceOffer } from "../../../core/contract/allowances.ts";
import type { InboxCard } from "../../../core/contract/inbox.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { unlessRefused } from "../../host-client/unless-refused.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { useFirstFocus } from "../../ui/first-focus.ts";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { RuleFacts } from "../../ui/rule-facts.tsx";
import style from "./allow-like.module.css";
import { firstTerms, lifetimes, ruleOf, withVarying, type Lifetime, type Terms } from "./allow-terms.ts";

/** Makes a rule out of a tool call's card. Nothing where there can be none: what is of high risk, and what is no tool call. */
export function AllowLike({ card }: { readonly card: InboxCard }): ReactElement | undefined {
  const { say } = useSpeech();
  const [opened, setOpened] = useState(false);
  const isPossible = card.kind === "tool" && card.risk !== "high" && !["stale", "expired", "superseded"].includes(card.phase);
  useScreenKeys(isPossible ? [{ key: "l", what: say("rules.allow"), act: () => setOpened(true) }] : []);
  if (!isPossible) return undefined;
  const close = (): void => setOpened(false);
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setOpened(true)}>
        {say("rules.allow")} <Kbd size="xs">l</Kbd>
      </Button>
      <Modal opened={opened} onClose={close} title={say("rules.allow.title")} size="lg" closeButtonProps={{ "aria-label": say("rules.cancel") }}>
        <OfferOf id={card.id} close={close} />
      </Modal>
    </>
  );
}

function OfferOf({ id, close }: { readonly id: string; readonly close: () => void }): ReactElement {
  const { data, failureReason } = useQuery({ ...useHostQueries().allowances.offer.queryOptions({ input: { id } }), retry: unlessRefused });
  if (!data) return failureReason ? <Failure error={failureReason} /> : <Loader size="sm" />;
  if (data.refusal) return <Failure error={Object.assign(new Error(data.refusal.message), { data: { remedy: data.refusal.remedy } })} />;
  return <TermsForm offer={data} close={close} />;
}

const scopes: readonly Terms["scope"][] = ["run", "issue", "stage", "repository"];

function TermsForm({ offer, close }: { readonly offer: AllowanceOffer; readonly close: () => void }): ReactElement {
  const { say } = useSpeech();
  const [terms, setTerms] = useState(() => firstTerms(offer, Date.now()));
  const { rehearsal, sign } = useSigning(offer, terms, close);
  const form = useFirstFocus(true);
  const change = (changed: Partial<Terms>): void => setTerms({ ...terms, ...changed });
  const submit = (): void => {
    if (rehearsal.data && !sign.isPending)
      sign.mutate({ id: offer.requestId, ...terms, varying: [...terms.varying], digest: offer.digest, surface: "desktop" });
  };
  return (
    <Stack
      ref={form}
      gap={16}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
      }}
    >
      <Radio.Group size="xs" label={say("rules.where")} value={terms.scope} onChange={(scope) => change({ scope })}>
        <Stack gap={8} mt={8}>
          {scopes.map((scope) => (
            <Radio
              key={scope}
              size="xs"
              value={scope}
              data-autofocus={scope === terms.scope || undefined}
              label={say(`rules.where.${scope}`, { issue: offer.issue, stage: offer.stage, repository: offer.repository })}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Arguments offer={offer} terms={terms} vary={(name, varies) => setTerms(withVarying(terms, name, varies))} />
      <Bounds offer={offer} terms={terms} change={change} />
      <WhatPasses offer={offer} terms={terms} rehearsal={rehearsal.data} />
      <Failure error={sign.error ?? (rehearsal.data ? undefined : rehearsal.failureReason)} />
      <Group justify="flex-end" gap={8}>
        <Button size="xs" variant="default" onClick={close}>
          {say("rules.cancel")} <Kbd size="xs">Esc</Kbd>
        </Button>
        <Button size="xs" disabled={!rehearsal.data} loading={sign.isPending} onClick={submit}>
          {say("rules.sign")} <Kbd size="xs">Ctrl Enter</Kbd>
        </Button>
      </Group>
    </Stack>
  );
}

/** Whether the terms can be signed is asked together with what they would have let through; nothing is signed before that was shown. */
function useSigning(offer: AllowanceOffer, terms: Terms, close: () => void) {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const input = { id: offer.requestId, ...terms, varying: [...terms.varying] };
  const rehearsal = useQuery({ ...queries.allowances.rehearse.queryOptions({ input }), retry: unlessRefused });
  const sign = useMutation({
    ...queries.allowances.sign.mutationOptions(),
    onSuccess() {
      notifications.show({ message: say("rules.signed") });
      close();
    },
  });
  return { rehearsal, sign };
}

interface ArgumentsProps {
  readonly offer: AllowanceOffer;
  readonly terms: Terms;
  readonly vary: (name: string, varies: boolean) => void;
}

function Arguments({ offer, terms, vary }: ArgumentsProps): ReactElement {
  const { say } = useSpeech();
  return (
    <fieldset className={style["arguments"]}>
      <legend>{say("rules.arguments")}</legend>
      {offer.arguments.map(({ name, value, mayVary }) => (
        <div key={name} className={style["argument"]}>
          {mayVary ? (
            <Checkbox size="xs" label={name} checked={terms.varying.includes(name)} onChange={(event) => vary(name, event.currentTarget.checked)} />
          ) : (
            <span>
              {name} · {say("rules.fixed")}
            </span>
          )}
          <span className={style["value"]}>
            <Foreign>{value}</Foreign>
          </span>
        </div>
      ))}
    </fieldset>
  );
}

interface BoundsProps {
  readonly offer: AllowanceOffer;
  readonly terms: Terms;
  readonly change: (changed: Partial<Terms>) => void;
}

function Bounds({ offer, terms, change }: BoundsProps): ReactElement {
  const { say } = useSpeech();
  const [lifetime, setLifetime] = useState<Lifetime>("day");
  return (
    <div className={style["pair"]}>
      <NumberInput
        size="xs"
        label={say("rules.times")}
        min={1}
        max={offer.maximumUses}
        clampBehavior="strict"
        allowDecimal={false}
        allowNegative={false}
        value={terms.limit}
        onChange={(limit) => typeof limit === "number" && limit >= 1 && change({ limit })}
      />
      <Select
        size="xs"
        label={say("rules.until")}
        allowDeselect={false}
        value={lifetime}
        data={(Object.keys(lifetimes) as Lifetime[]).map((value) => ({ value, label: say(`rules.for.${value}`) }))}
        onChange={(chosen) => {
          const next = chosen ?? "day";
          setLifetime(next);
          // What is shown is what is signed, so the end is worked out once.
          change({ expiresAt: Date.now() + lifetimes[next] });
        }}
      />
    </div>
  );
}

interface WhatPassesProps {
  readonly offer: AllowanceOffer;
  readonly terms: Terms;
  readonly rehearsal: { readonly asked: number; readonly letThrough: number; readonly days: number } | undefined;
}

function WhatPasses({ offer, terms, rehearsal }: WhatPassesProps): ReactElement {
  const { say } = useSpeech();
  const { tool } = offer;
  return (
    <section className={style["lets"]}>
      <h3>{say("rules.lets")}</h3>
      <RuleFacts rule={ruleOf(offer, terms)} />
      <p className={style["note"]}>{say("rules.never")}</p>
      <p className={style["note"]} role="status">
        {rehearsal === undefined
          ? say("state.loading")
          : rehearsal.asked <= 1
            ? say("rules.past.none", { tool, days: rehearsal.days })
            : say("rules.past", { tool, asked: rehearsal.asked, through: rehearsal.letThrough, days: rehearsal.days })}
      </p>
      <p className={style["note"]}>{say("rules.stillWaits")}</p>
    </section>
  );
}
