import { Button, Switch } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { Verification } from "../../../core/contract/audit.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { Section } from "../../ui/panes.tsx";
import style from "./audit.module.css";
import { CheckMark } from "./check-mark.tsx";
import { Hash } from "./event-detail.tsx";
import { Problems } from "./problems.tsx";

interface VerifyPanelProps {
  readonly verification: Verification | undefined;
  readonly at: number;
  readonly pending: boolean;
  readonly failure: unknown;
  readonly verify: (tags: boolean) => void;
}

/** Recomputes the whole chain and says what does not fit. */
export function VerifyPanel({ verification, at, pending, failure, verify }: VerifyPanelProps): ReactElement {
  const { say } = useSpeech();
  const [tags, setTags] = useState(false);
  return (
    <>
      <h2 className={style["detailTitle"]}>{say("audit.verify")}</h2>
      <p className={style["explanation"]}>{say("audit.verifyWhat")}</p>
      <div className={style["actions"]}>
        <Button size="xs" loading={pending} leftSection={<IconShieldCheck size={14} />} onClick={() => verify(tags)}>
          {say(verification ? "audit.verifyAgain" : "audit.verify")}
        </Button>
        <Switch size="xs" checked={tags} onChange={(event) => setTags(event.currentTarget.checked)} label={say("audit.withTags")} />
      </div>
      <Failure error={failure} />
      <div role="status">{verification ? <Outcome verification={verification} at={at} /> : undefined}</div>
    </>
  );
}

function Outcome({ verification, at }: { readonly verification: Verification; readonly at: number }): ReactElement {
  const { say, language } = useSpeech();
  const { ok, events, head, problems, effectsExecutedTwice, anchors } = verification;
  const count = new Intl.NumberFormat(language);
  return (
    <>
      <p className={style["outcome"]}>
        <CheckMark check={ok ? "holds" : "broken"} text={ok ? "audit.wholeChain" : "audit.brokenChain"} />
        <Age at={at} />
      </p>
      {problems.length > 0 ? (
        <Section title={say("audit.problems", { n: problems.length })}>
          <Problems problems={problems} />
        </Section>
      ) : undefined}
      <Section title={say("audit.compared")}>
        <dl className={style["facts"]}>
          <Fact name={say("audit.events")} value={count.format(events)} />
          <Fact name={say("audit.executedTwice")} value={count.format(effectsExecutedTwice)} />
          <Fact name={say("audit.localAnchors")} value={count.format(anchors?.local ?? 0)} />
          <Fact name={say("audit.tagAnchors")} value={count.format(anchors?.tags ?? 0)} />
        </dl>
        {head ? (
          <dl className={style["hashes"]}>
            <Hash name={say("audit.headOf", { n: head.sequence })} value={head.hash} />
          </dl>
        ) : undefined}
      </Section>
    </>
  );
}

export function Fact({ name, value }: { readonly name: string; readonly value: string }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Foreign>{value}</Foreign>
      </dd>
    </div>
  );
}
