package dev.selvage.demo.bench;

/** What a row of a table is there for, in the order of the rows. */
enum Role {
    /** What the others are measured against. */
    FLOOR("floor"),
    /** Selvage. */
    SELVAGE("**Selvage**"),
    /** What most programs would write instead. */
    PLAIN("plain Java"),
    /** Another library. */
    PEER("peer");

    final String title;

    Role(String title) {
        this.title = title;
    }
}
