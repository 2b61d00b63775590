import * as fs from "node:fs";

/**
 * Moves a folder to its place, whole or not at all. Where another process has put one there meanwhile, that one stays
 * and this one is deleted.
 *
 * @param file a file of the folder at its place, which is in every whole one
 * @throws Error with the remedy, where the place has a folder without that file
 */
export function moveWhole(folder: string, place: string, file: string): void {
    try {
        fs.renameSync(folder, place);
    } catch (error) {
        fs.rmSync(folder, { recursive: true });
        if (!fs.existsSync(file)) {
            throw new Error(`${place} has no ${file}: ${(error as Error).message}. Delete that folder`, { cause: error });
        }
    }
}
