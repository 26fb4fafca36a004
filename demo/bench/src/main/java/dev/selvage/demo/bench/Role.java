package dev.selvage.demo.bench;

import dev.selvage.demo.bench.lender.Lenders;

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

    /** Returns the role of a pool that lends. */
    static Role of(Lenders lender) {
        return switch (lender) {
            case PLAIN -> FLOOR;
            case SELVAGE, SELVAGE_JDBC -> SELVAGE;
            default -> PEER;
        };
    }
}
