#include "base/utc.h"

#include <stdio.h>

/* gmtime_r() would do, but it reads the time zone file first. The date is counted in years that begin
 * in March, so that the leap day is a year's last; 719468 days lie between 0000-03-01 and 1970-01-01. */
char *base_utc_text(int64_t wall, char text[BASE_UTC_TEXT])
{
    int64_t ms = wall / 1000000;
    int of_day = (int)(ms % 86400000);
    int day = (int)(ms / 86400000) + 719468;
    int era = day / 146097; /* 400 years */
    int day_of_era = day % 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month = (5 * day_of_year + 2) / 153; /* 0 is March */
    int year = era * 400 + year_of_era + (month >= 10);

    snprintf(text, BASE_UTC_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month < 10 ? month + 3 : month - 9,
             day_of_year - (153 * month + 2) / 5 + 1, of_day / 3600000, of_day / 60000 % 60, of_day / 1000 % 60,
             of_day % 1000);
    return text;
}
