import { Kbd, Modal, Table } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { createContext, useContext, useEffect, useState, type ReactElement, type ReactNode } from "react";
import { useSpeech } from "../i18n/language.tsx";

/** A key of a screen, and what it does, in the owner's language. */
export interface ScreenKey {
  /** As Mantine writes it: `j`, `shift+J`, `mod+Enter`. */
  readonly key: string;
  readonly what: string;
  readonly act: () => void;
}

interface Registry {
  readonly shown: readonly ScreenKey[];
  readonly register: (keys: readonly ScreenKey[]) => () => void;
}

const KeysContext = createContext<Registry | undefined>(undefined);

export function KeysProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [shown, setShown] = useState<readonly ScreenKey[]>([]);
  const [register] = useState(() => (keys: readonly ScreenKey[]) => {
    setShown((before) => [...before, ...keys]);
    return () => setShown((before) => before.filter((key) => !keys.includes(key)));
  });
  return <KeysContext value={{ shown, register }}>{children}</KeysContext>;
}

/** Keys that work while the screen is shown and nobody is typing; `?` lists them. */
export function useScreenKeys(keys: readonly ScreenKey[]): void {
  const registry = useContext(KeysContext);
  useHotkeys(keys.map(({ key, act }) => [key, (event: KeyboardEvent) => actOn(event, act), { preventDefault: false }]));
  const names = keys.map(({ key, what }) => `${key} ${what}`).join("\n");
  const register = registry?.register;
  useEffect(() => register?.(keys), [register, names]);
}

/** A dialog that lies over the screen takes every key, and what has the focus takes those that press it. */
function actOn(event: KeyboardEvent, act: () => void): void {
  const focused = event.target instanceof HTMLElement ? event.target : undefined;
  if (event.defaultPrevented || focused?.closest("[role=dialog]")) return;
  if (["Enter", " "].includes(event.key) && !event.ctrlKey && !event.metaKey && focused?.closest("a, button, summary, [role=button]")) return;
  event.preventDefault();
  act();
}

/** The list of keys, opened by `?`. */
export function KeyHelp(): ReactElement {
  const { say } = useSpeech();
  const [opened, setOpened] = useState(false);
  const registry = useContext(KeysContext);
  useHotkeys([["shift+?", () => setOpened((before) => !before)]]);
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title={say("shell.keys")} size="sm">
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {registry?.shown.map(({ key, what }) => (
            <Table.Tr key={key}>
              <Table.Td w={120}>
                <Kbd>{key}</Kbd>
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
