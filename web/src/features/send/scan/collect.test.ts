import { describe, expect, it } from 'vitest';

import { collect } from './collect';

const BATCH = 100;

function fileEntry(path: string): FileSystemFileEntry {
  const name = path.split('/').pop() ?? '';
  return {
    isFile: true,
    isDirectory: false,
    name,
    fullPath: path,
    file: (found: (file: File) => void) => found(new File([path], name)),
  } as unknown as FileSystemFileEntry;
}

/** A folder that gives its entries as Chromium does: a hundred at a time. */
function folderEntry(path: string, children: FileSystemEntry[]): FileSystemDirectoryEntry {
  const left = [...children];
  return {
    isFile: false,
    isDirectory: true,
    name: path.split('/').pop() ?? '',
    fullPath: path,
    createReader: () => ({
      readEntries: (found: (entries: FileSystemEntry[]) => void) => found(left.splice(0, BATCH)),
    }),
  } as unknown as FileSystemDirectoryEntry;
}

function drop(...entries: (FileSystemEntry | File)[]): DataTransfer {
  const items: object[] = entries.map((entry) =>
    entry instanceof File
      ? { kind: 'file', webkitGetAsEntry: () => null, getAsFile: (): File => entry }
      : { kind: 'file', webkitGetAsEntry: () => entry, getAsFile: (): null => null },
  );
  const text = { kind: 'string', webkitGetAsEntry: () => null, getAsFile: () => null };
  return { items: [...items, text], files: [] } as unknown as DataTransfer;
}

const labels = async (picked: ReturnType<typeof collect>) =>
  (await picked).map(({ label }) => label);

describe('collect', () => {
  it('walks every folder to its end, in the order of names', async () => {
    const many = Array.from({ length: 250 }, (_, index) =>
      fileEntry(`/CD/IMAGES/${String(index).padStart(3, '0')}`),
    );
    const folder = folderEntry('/CD', [
      fileEntry('/CD/README'),
      folderEntry('/CD/IMAGES', many.reverse()),
      folderEntry('/CD/EMPTY', []),
    ]);
    const found = await labels(collect(drop(folder, fileEntry('/loose.dcm'))));
    expect(found).toHaveLength(252);
    expect(found.slice(0, 2)).toEqual(['CD/IMAGES/000', 'CD/IMAGES/001']);
    expect(found.slice(-2)).toEqual(['CD/README', 'loose.dcm']);
  });

  it('takes what is no entry as the file that it is', async () => {
    expect(await labels(collect(drop(new File(['x'], 'a.dcm'))))).toEqual(['a.dcm']);
  });

  it('takes the files of a picked folder under their paths, in order', async () => {
    const files = ['CD/IM2', 'CD/IM1'].map((path) => {
      const file = new File(['x'], path.slice(-3));
      Object.defineProperty(file, 'webkitRelativePath', { value: path });
      return file;
    });
    expect(await labels(collect(files as unknown as FileList))).toEqual(['CD/IM1', 'CD/IM2']);
    const loose = [new File(['x'], 'b'), new File(['y'], 'a')] as unknown as FileList;
    expect(await labels(collect(loose))).toEqual(['b', 'a']);
  });

  it('does not pass a part of a folder for all of it', async () => {
    const broken = fileEntry('/CD/bad');
    broken.file = (_, failed) => failed?.(new DOMException('gone', 'NotFoundError'));
    await expect(collect(drop(folderEntry('/CD', [broken])))).rejects.toThrow('gone');
  });
});
