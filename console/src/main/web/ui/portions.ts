// How much is drawn at once: a page of a million lines, or of as many marks in the place of what is not seen, would stop the browser.

/** Lines and marks, each of which takes a place of its own. */
export const PLACES_MAX = 2_000;

/** Characters. */
export const LENGTH_MAX = 200_000;

/** What is to be drawn of a text. */
export interface Weight {
    places: number;
    length: number;
}

/**
 * Returns where a portion of rows ends; it has one row at least.
 *
 * @param from where it begins
 * @param weightOf what is to be drawn of a row beside the place of its own
 */
export function portionEnd<T>(rows: T[], from: number, weightOf: (row: T) => Weight): number {
    let places = 0;
    let length = 0;
    for (let index = from; index < rows.length; index++) {
        const weight = weightOf(rows[index] as T);
        places += 1 + weight.places;
        length += weight.length;
        if (index > from && (places > PLACES_MAX || length > LENGTH_MAX)) {
            return index;
        }
    }
    return rows.length;
}
