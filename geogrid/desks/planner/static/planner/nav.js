/* On a phone the bar of pages scrolls: where one is comes into sight. */

const here = document.querySelector(".topnav [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;
