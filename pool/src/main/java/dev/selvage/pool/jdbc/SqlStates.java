package dev.selvage.pool.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.util.Set;

/** Which exceptions tell that their connection is of no use any more. */
final class SqlStates {
    /** The client cannot connect. */
    static final String CANNOT_CONNECT = "08001";

    /** The connection does not exist. */
    static final String DOES_NOT_EXIST = "08003";

    private static final String CONNECTION_EXCEPTION = "08";

    /** PostgreSQL's for a session that it has ended, standard SQL's for a disconnect that went wrong. */
    private static final Set<String> ENDED = Set.of("57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "01002");

    private SqlStates() {}

    static boolean isFatal(Throwable failure) {
        if (failure instanceof SQLRecoverableException || failure instanceof SQLNonTransientConnectionException) {
            return true;
        }
        if (!(failure instanceof SQLException refused)) {
            return false;
        }
        for (SQLException next = refused; next != null; next = next.getNextException()) {
            String state = next.getSQLState();
            if (state != null && (state.startsWith(CONNECTION_EXCEPTION) || ENDED.contains(state))) {
                return true;
            }
        }
        return false;
    }
}
