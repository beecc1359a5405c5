import { useEffect, useEffectEvent, useState } from 'react';

/**
 * Take what is dropped anywhere on the page, and tell whether files hang over it.
 *
 * While it is not enabled, drops are only kept from replacing the page, as browsers have it.
 */
export function useDrop(onDrop: (dropped: DataTransfer) => void, enabled: boolean): boolean {
  const [over, setOver] = useState(false);
  const take = useEffectEvent((dropped: DataTransfer) => {
    if (enabled) onDrop(dropped);
  });

  useEffect(() => {
    const drag = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false); // out of the window, not from part to part
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      take(event.dataTransfer);
    };
    window.addEventListener('dragover', drag);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', drag);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);

  return over && enabled;
}
