package dev.selvage.demo.stage;

/** A bar of text: {@code [########............] 40 %}. */
public final class ProgressBar {

    private static final int CELLS = 20;

    private ProgressBar() {}

    /**
     * Draws a bar.
     *
     * @param done how much is done; what lies outside 0 to {@code total} is drawn as the nearer end
     * @param total how much there is; 0 or less draws a full bar
     * @return the bar with its percentage, always of the same width
     */
    public static String of(long done, long total) {
        double share = total <= 0 ? 1 : Math.clamp((double) done / total, 0.0, 1.0);
        int full = (int) (share * CELLS);
        return "[%s%s] %3d %%".formatted("#".repeat(full), ".".repeat(CELLS - full), (int) (share * 100));
    }
}
