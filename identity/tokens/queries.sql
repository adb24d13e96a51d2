-- name: fetch_time()$
SELECT clock_timestamp();
