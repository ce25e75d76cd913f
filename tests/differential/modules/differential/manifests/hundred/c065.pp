# Ten resources.
class differential::hundred::c065 {
  notify { 'c065 1':
    message => "1 of class c065 on ${facts['networking']['hostname']}",
  }
  notify { 'c065 2':
    message => "2 of class c065 on ${facts['networking']['hostname']}",
  }
  notify { 'c065 3':
    message => "3 of class c065 on ${facts['networking']['hostname']}",
  }
  notify { 'c065 4':
    message => "4 of class c065 on ${facts['networking']['hostname']}",
  }
  notify { 'c065 5':
    message => "5 of class c065 on ${facts['networking']['hostname']}",
  }
  notify { 'c065 6':
    message => "6 of class c065 on ${facts['networking']['hostname']}",
  }
  notify { 'c065 7':
    message => "7 of class c065 on ${facts['networking']['hostname']}",
  }
  notify { 'c065 8':
    message => "8 of class c065 on ${facts['networking']['hostname']}",
  }
  notify { 'c065 9':
    message => "9 of class c065 on ${facts['networking']['hostname']}",
  }
  notify { 'c065 10':
    message => "10 of class c065 on ${facts['networking']['hostname']}",
  }
}
