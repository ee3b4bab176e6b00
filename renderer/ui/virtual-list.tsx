import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef, type ReactElement, type ReactNode, type Ref } from "react";
import style from "./virtual-list.module.css";

export interface VirtualListHandle {
  /** Brings an item to the top, or with `auto` only into sight. */
  reveal(index: number, align?: "start" | "auto"): void;
  /** Puts the focus on what an item links to, wherever the item is. */
  focus(index: number): void;
}

interface VirtualListProps<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item, index: number) => string;
  /** Pixels, before an item was measured. */
  readonly estimate: number;
  readonly render: (item: Item, index: number) => ReactNode;
  readonly label: string;
  /** Items are told one by one, each of them a link; otherwise it is a text that is scrolled. */
  readonly ofLinks?: boolean | undefined;
  readonly follow?: boolean | undefined;
  readonly onLeaveEnd?: (() => void) | undefined;
  /** The end is nearly in sight: called whenever that is so and there is another one than before. */
  readonly onNearEnd?: (() => void) | undefined;
  readonly handle?: Ref<VirtualListHandle> | undefined;
}

/** So many items before the end are near it. */
const near = 30;

/** Items of any height, of which only those in sight are drawn. */
export function VirtualList<Item>(props: VirtualListProps<Item>): ReactElement {
  const { items, keyOf, estimate, render, label, ofLinks = false, follow = false, onLeaveEnd, onNearEnd, handle } = props;
  const box = useRef<HTMLDivElement>(null);
  const before = useRef(0);
  const key = useRef(keyOf);
  key.current = keyOf;
  // Another function would have every item placed anew, however many there are: it is another one only when the items are.
  const getItemKey = useCallback(
    (index: number) => {
      const item = items[index];
      return item === undefined ? index : key.current(item, index);
    },
    [items],
  );
  const list = useVirtualizer({ count: items.length, getScrollElement: () => box.current, estimateSize: () => estimate, getItemKey, overscan: 8 });
  const isNearEnd = (list.range?.endIndex ?? 0) >= items.length - near;
  useEffect(() => {
    if (isNearEnd) onNearEnd?.();
  }, [isNearEnd, onNearEnd]);
  const height = list.getTotalSize();
  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follow, height]);
  useImperativeHandle(handle, () => ({
    reveal: (index, align = "start") => list.scrollToIndex(index, { align }),
    focus(index) {
      list.scrollToIndex(index, { align: "auto" });
      // The item is drawn with the next frame when it was out of sight.
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus());
    },
  }));
  const scrolled = ({ scrollTop, scrollHeight, clientHeight }: HTMLDivElement): void => {
    if (follow && scrollTop < before.current && scrollHeight - clientHeight - scrollTop > 24) onLeaveEnd?.();
    before.current = scrollTop;
  };
  return (
    <div
      ref={box}
      className={style["box"]}
      role={ofLinks ? "list" : "region"}
      aria-label={label}
      {...(ofLinks ? {} : { tabIndex: 0 })}
      onScroll={(event) => scrolled(event.currentTarget)}
    >
      <div style={{ position: "relative", height }}>
        {list.getVirtualItems().map((row) => {
          const item = items[row.index];
          return item === undefined ? undefined : (
            <div
              key={row.key}
              ref={list.measureElement}
              role={ofLinks ? "listitem" : undefined}
              data-index={row.index}
              className={style["item"]}
              style={{ transform: `translateY(${row.start}px)` }}
            >
              {render(item, row.index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
