// Tells the style sheets that scripts run; a file of its own, since the security policy allows no inline script.
// It stands before the design system's script, which looks for the second class.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
