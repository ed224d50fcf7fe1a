/** Bytes in a bucket of an S3 server: an object each, found by their digest through an index in the database. */
@NullMarked
package io.sluice.itemservice.content.s3;

import org.jspecify.annotations.NullMarked;
