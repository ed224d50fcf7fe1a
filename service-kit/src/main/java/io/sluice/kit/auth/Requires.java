package io.sluice.kit.auth;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The row of an operation in the table of rights: the caller's role in the project or organization of the thing must
 * allow this. Who has no role there learns nothing of the thing. The operation itself finds the thing and checks the
 * role; a test walks all operations with all roles and proves that it does.
 *
 * <p>An operation has this or {@link OpenTo}; one without a row answers nobody, and does not pass the build.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Requires {

    /** The first is always needed; what follows only for requests that ask for more than the first allows. */
    Permission[] value();
}
