import { IconChevronRight } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import { revealHidden } from "../../../../core/domain/kernel/hidden-characters.ts";
import style from "./transcript.module.css";

interface EntryBoxProps {
  readonly icon: ReactElement;
  readonly title: string;
  /** Said behind the title, dimly, as far as there is room. */
  readonly rest?: string | undefined;
  readonly outcome?: ReactNode;
  /** What is folded into it. */
  readonly children?: ReactNode;
  readonly opened: boolean;
  readonly onToggle: () => void;
  /** What stands below whether it is folded or not. */
  readonly below?: ReactNode;
}

/** More of a line than any screen shows; the whole is folded into it. In UTF-16 code units. */
const longest = 500;

/** One thing that the agent did, in one line, with the rest folded into it. */
export function EntryBox({ icon, title, rest = "", outcome, children, opened, onToggle, below }: EntryBoxProps): ReactElement {
  const shown = revealHidden(title.slice(0, longest));
  const dim = revealHidden(rest.slice(0, longest));
  return (
    <div className={style["item"]}>
      <div className={style["box"]}>
        <button type="button" className={style["head"]} aria-expanded={opened} onClick={onToggle}>
          <IconChevronRight size={14} className={style["chevron"]} aria-hidden />
          {icon}
          <span className={style["title"]} dir="ltr" title={`${shown} ${dim}`.trim()}>
            {shown}
            {dim === "" ? undefined : <bdi className={style["rest"]}> {dim}</bdi>}
          </span>
          {outcome}
        </button>
        {opened ? <div className={style["body"]}>{children}</div> : undefined}
        {below}
      </div>
    </div>
  );
}

/** How something ended, in a word and with a shape. */
export function Outcome({
  tone,
  icon,
  children,
}: {
  readonly tone: "plain" | "good" | "bad" | "waits";
  readonly icon?: ReactElement | undefined;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <span className={style["outcome"]} data-tone={tone}>
      {icon} {children}
    </span>
  );
}
