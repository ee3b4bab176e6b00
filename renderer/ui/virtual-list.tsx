import { useVirtualizer } from "@tanstack/react-virtual";
import { useImperativeHandle, useLayoutEffect, useRef, type ReactElement, type ReactNode, type Ref } from "react";
import style from "./virtual-list.module.css";

export interface VirtualListHandle {
  /** Brings an item to the top, or with `auto` only into sight. */
  reveal(index: number, align?: "start" | "auto"): void;
}

interface VirtualListProps<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item, index: number) => string;
  /** Pixels, before an item was measured. */
  readonly estimate: number;
  readonly render: (item: Item, index: number) => ReactNode;
  readonly label: string;
  readonly follow?: boolean | undefined;
  readonly onLeaveEnd?: (() => void) | undefined;
  readonly handle?: Ref<VirtualListHandle> | undefined;
}

/** Items of any height, of which only those in sight are drawn. */
export function VirtualList<Item>(props: VirtualListProps<Item>): ReactElement {
  const { items, keyOf, estimate, render, label, follow = false, onLeaveEnd, handle } = props;
  const box = useRef<HTMLDivElement>(null);
  const before = useRef(0);
  const list = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => estimate,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item, index);
    },
    overscan: 8,
  });
  const height = list.getTotalSize();
  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follow, height]);
  useImperativeHandle(handle, () => ({ reveal: (index, align = "start") => list.scrollToIndex(index, { align }) }));
  const scrolled = ({ scrollTop, scrollHeight, clientHeight }: HTMLDivElement): void => {
    if (follow && scrollTop < before.current && scrollHeight - clientHeight - scrollTop > 24) onLeaveEnd?.();
    before.current = scrollTop;
  };
  return (
    <div ref={box} className={style["box"]} role="region" aria-label={label} tabIndex={0} onScroll={(event) => scrolled(event.currentTarget)}>
      <div style={{ position: "relative", height }}>
        {list.getVirtualItems().map((row) => {
          const item = items[row.index];
          return item === undefined ? undefined : (
            <div key={row.key} ref={list.measureElement} data-index={row.index} className={style["item"]} style={{ transform: `translateY(${row.start}px)` }}>
              {render(item, row.index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
