/** What every HTTP edge does the same way: limits, request ids, validators, links. */
@NullMarked
package io.sluice.kit.web;

import org.jspecify.annotations.NullMarked;
