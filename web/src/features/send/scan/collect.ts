import type { PickedFile } from './types';

/**
 * Return every file that was dropped or picked, folders walked to their ends.
 *
 * Of a drop, call it in the event's own handler: a DataTransfer is empty afterwards. Raises the browser's error for
 * a folder that can't be read: a part of what was dropped must not pass for all of it.
 */
export async function collect(dropped: DataTransfer | FileList): Promise<PickedFile[]> {
  if (!('items' in dropped)) return inOrder([...dropped].map(picked));
  const found = entriesOf(dropped).map(async (entry) =>
    entry instanceof File ? [picked(entry)] : walk(entry),
  );
  return (await Promise.all(found)).flat();
}

/** Browsers give the files of a folder in no order: the same folder has to be found the same way each time. */
function inOrder(files: PickedFile[]): PickedFile[] {
  const folder = files.some(({ file }) => file.webkitRelativePath);
  return folder ? files.sort((a, b) => (a.label < b.label ? -1 : 1)) : files;
}

function picked(file: File): PickedFile {
  return { file, label: file.webkitRelativePath || file.name };
}

/** Take everything out of the drop at once, before the browser empties it. */
function entriesOf({ items, files }: DataTransfer): (FileSystemEntry | File)[] {
  if (items.length === 0) return [...files];
  return [...items].flatMap((item) => {
    if (item.kind !== 'file') return [];
    const found = entryOf(item) ?? item.getAsFile();
    return found ? [found] : [];
  });
}

function entryOf(item: DataTransferItem): FileSystemEntry | null {
  return 'webkitGetAsEntry' in item ? item.webkitGetAsEntry() : null;
}

async function walk(entry: FileSystemEntry): Promise<PickedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ file, label: entry.fullPath.replace(/^\//, '') }];
  }
  if (!isFolder(entry)) return [];
  const files: PickedFile[] = [];
  for (const child of await childrenOf(entry)) files.push(...(await walk(child)));
  return files;
}

/** A reader gives some entries at a time (Chromium: 100), and an empty list at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return children.sort((a, b) => (a.name < b.name ? -1 : 1));
    children.push(...some);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
