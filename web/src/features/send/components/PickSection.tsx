import { FoundStudies } from './FoundStudies';
import { PickPanel } from './PickPanel';
import { SelectionProvider, type SelectionProps } from './SelectionProvider';

/**
 * Everything from picking files to "send these studies": a panel to pick with, and a card for each study that was
 * found. `onSend` is called with what one card, or all of them, have ready; what it takes leaves the page.
 */
export function PickSection(props: SelectionProps) {
  return (
    <SelectionProvider {...props}>
      <div className="flex flex-col gap-6">
        <PickPanel />
        <FoundStudies />
      </div>
    </SelectionProvider>
  );
}
