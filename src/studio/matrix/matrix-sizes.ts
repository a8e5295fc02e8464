/** Sizes in pixels of what the matrix places by itself: it draws only the cells in view. */
export const rowHeight = 26;
export const columnWidth = 76;
export const headHeight = 44;
