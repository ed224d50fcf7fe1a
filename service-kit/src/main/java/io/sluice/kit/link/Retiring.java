package io.sluice.kit.link;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An operation that clients should stop to use. Every answer of it says so: {@code Deprecation} (RFC 9745), {@code Sunset}
 * (RFC 8594) and a link to what comes after; the OpenAPI document calls it deprecated.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Retiring {

    /** The day since which it should not be used, in UTC, such as {@code 2027-01-31}. */
    String since();

    /** The day from which on it may be gone, in UTC; empty while that is open. */
    String until() default "";

    /** The path of what comes after, such as {@code /api/v1/items}; empty when nothing does. */
    String successor() default "";
}
