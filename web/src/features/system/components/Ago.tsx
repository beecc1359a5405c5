import { useFormat } from '@/shared/format/useFormat';

/** How long ago something was by the gateway's own clock; the moment itself where the pointer rests on it. */
export function Ago({ moment, at }: { moment: string; at: string }) {
  const format = useFormat();
  return (
    <time dateTime={moment} title={format.dateTime(moment)}>
      {format.timeAgo(moment, new Date(at))}
    </time>
  );
}
